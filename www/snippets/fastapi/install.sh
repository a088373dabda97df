pip install fastapi python-multipart uvicorn
